// A page of the bench: ?page=airloom or plain, &nodes=500.
import '@fontsource-variable/inter';
import '../../src/ui/tokens.css';
import '../../src/ui/base.css';
import './page.css';
import { drawing } from './drawing';
import { ours } from './ours';
import { plain } from './plain';

const query = new URLSearchParams(location.search);
const design = drawing(Number(query.get('nodes')));
const root = document.getElementById('root');
if (!root) throw new Error('the page has no place for the drawing');
await document.fonts.load('500 10.5px "Inter Variable"');
window.stage = (query.get('page') === 'plain' ? plain : ours)(design, root);
