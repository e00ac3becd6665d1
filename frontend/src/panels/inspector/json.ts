// Where a text stops being JSON, and why. Browsers say it each in their own words, and not all of them say the place.

export interface JSONError {
  /** The character, from 0. */
  at: number;
  /** From 1. */
  line: number;
  column: number;
  message: string;
}

/** What is wrong first, null for nothing. Whether a text is JSON is the platform's word; this only says where it is not. */
export function jsonError(text: string): JSONError | null {
  try {
    JSON.parse(text);
    return null;
  } catch {
    const { at, message } = new Scanner(text).first();
    const before = text.slice(0, at);
    return { at, line: before.split('\n').length, column: at - before.lastIndexOf('\n'), message };
  }
}

class Stop extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** How deep a text may be for us to say where it is wrong. */
const deepest = 1000;

class Scanner {
  private readonly text: string;
  private at = 0;
  constructor(text: string) {
    this.text = text;
  }

  first(): { at: number; message: string } {
    try {
      this.value(0);
      this.space();
      if (this.at < this.text.length) this.stop('nothing may follow the value');
      return { at: 0, message: 'this is not JSON' };
    } catch (e) {
      if (e instanceof Stop) return { at: e.at, message: e.message };
      throw e;
    }
  }

  private value(depth: number): void {
    if (depth > deepest) this.stop('this is nested too deeply');
    this.space();
    const c = this.text[this.at];
    if (c === '{')
      this.list('}', depth, () => {
        this.key();
        this.space();
        if (this.text[this.at] !== ':') this.stop('a colon is missing after the name');
        this.at++;
        this.value(depth + 1);
      });
    else if (c === '[')
      this.list(']', depth, () => {
        this.value(depth + 1);
      });
    else if (c === '"') this.string();
    else this.word();
  }

  private list(end: string, depth: number, item: () => void): void {
    const begin = this.at++;
    this.space();
    if (this.text[this.at] === end) {
      this.at++;
      return;
    }
    for (;;) {
      item();
      this.space();
      const c = this.text[this.at];
      const comma = this.at++;
      if (c === end) return;
      if (c === undefined)
        throw new Stop(depth === 0 ? this.text.length : begin, `this is never closed: a ${end} is missing`);
      if (c !== ',') throw new Stop(comma, `a comma or a ${end} is missing here`);
      this.space();
      if (this.text[this.at] === end) throw new Stop(comma, 'no comma may stand after the last one');
    }
  }

  private key(): void {
    this.space();
    if (this.text[this.at] !== '"')
      this.stop(this.text[this.at] === undefined ? 'a name is missing' : 'names stand in double quotes');
    this.string();
  }

  private string(): void {
    const begin = this.at++;
    for (; this.at < this.text.length; this.at++) {
      const c = this.text[this.at] ?? '';
      if (c === '"') {
        this.at++;
        return;
      }
      if (c < ' ')
        throw c === '\n'
          ? new Stop(begin, 'this text is never closed: a " is missing')
          : new Stop(this.at, 'a control character is written as \\u0000');
      if (c !== '\\') continue;
      if (!/^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(this.text.slice(this.at, this.at + 6)))
        this.stop('a backslash is written as \\\\');
      this.at++;
    }
    throw new Stop(begin, 'this text is never closed: a " is missing');
  }

  private word(): void {
    const word = /^[^\s,:[\]{}"]*/.exec(this.text.slice(this.at))?.[0] ?? '';
    if (word === '')
      this.stop(this.at < this.text.length ? 'a value is missing here' : 'a value is missing at the end');
    if (!/^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(word))
      this.stop(
        word.startsWith("'")
          ? 'texts stand in double quotes'
          : `${word.slice(0, 40)} is no value: texts stand in double quotes`,
      );
    this.at += word.length;
  }

  private space(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) this.at++;
  }

  private stop(message: string): never {
    throw new Stop(this.at, message);
  }
}
