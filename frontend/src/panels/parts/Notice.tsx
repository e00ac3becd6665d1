// What a panel says instead of its content, or above it: a failure with its four answers, or a remark.
import type { ReactElement, ReactNode } from 'react';
import type { Fault } from '../../bridge/api';
import { sentence } from '../../session/toasts';
import { Icon } from '../../ui/icons';

export function Notice(props: {
  tone: 'info' | 'warn' | 'danger' | 'ok';
  children: ReactNode;
  action?: ReactNode;
}): ReactElement {
  const icon = props.tone === 'info' ? 'info' : props.tone === 'ok' ? 'check' : 'findings';
  return (
    <div className={`notice notice-${props.tone}`} role={props.tone === 'danger' ? 'alert' : 'status'}>
      <Icon name={icon} size={16} />
      <div className="notice-text">{props.children}</div>
      {props.action}
    </div>
  );
}

/** A failure: what, where, why, what to do. where is the record's name, shown where it is known. */
export function FaultNotice(props: { doing: string; fault: Fault; where?: string; action?: ReactNode }): ReactElement {
  const { fault } = props;
  return (
    <Notice tone="danger" action={props.action}>
      <strong>
        {props.doing}
        {props.where ? ` · ${props.where}` : ''}
      </strong>
      <p>{sentence(fault.message)}</p>
      {fault.hint && <p className="quiet">{sentence(fault.hint)}</p>}
    </Notice>
  );
}
