import { Component, type ReactElement, type ReactNode } from 'react';
import { Button } from '../ui/controls';
import { Icon } from '../ui/icons';

/** A screen that says what went wrong and offers to begin anew. */
export function Trouble(props: {
  title: string;
  text: string;
  hint?: string;
  again: string;
  onAgain: () => void;
}): ReactElement {
  return (
    <main>
      <div className="trouble" role="alert">
        <Icon name="findings" size={30} />
        <h1>{props.title}</h1>
        <p>{props.text}</p>
        {props.hint && <p className="quiet">{props.hint}</p>}
        <Button look="primary" icon="refresh" onClick={props.onAgain}>
          {props.again}
        </Button>
      </div>
    </main>
  );
}

/** Catches a mistake of ours while drawing the page: what was changed is with Go, so that loading it again loses nothing. */
export class Guard extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <Trouble
        title="The page broke"
        text={error.message}
        hint="Nothing that was saved is lost. Please report this."
        again="Load it again"
        onAgain={() => {
          location.reload();
        }}
      />
    );
  }
}
