// A kind's help.
import type { ReactElement } from 'react';
import { Markdown } from '../../ui/markdown';
import { External } from '../parts/External';

export const Prose = ({ text }: { text: string }): ReactElement => (
  <Markdown className="prose" text={text} link={(url, name) => <External url={url}>{name}</External>} />
);
