/** An element of XML. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** The text in it, but for that of its children. */
  readonly text: string;
}

/** Reads XML without namespaces, comments and CDATA; throws where it is not well-formed. */
export function parseXml(source: string): Element {
  if (/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(source))
    throw new Error('a character that XML does not have');
  let rest = source.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/, '');
  const take = (pattern: RegExp): RegExpExecArray => {
    const found = pattern.exec(rest);
    if (found?.index !== 0) throw new Error(`not well-formed at: ${rest.slice(0, 80)}`);
    rest = rest.slice(found[0].length);
    return found;
  };
  const element = (): Element => {
    const [, name = '', pairs = '', closed] = take(/^<([\w.-]+)((?:\s+[\w.-]+="[^"<]*")*)\s*(\/?)>/);
    const attributes = Object.fromEntries(
      [...pairs.matchAll(/([\w.-]+)="([^"]*)"/g)].map(([, key, value]) => [key, plain(value ?? '')]),
    );
    if (attributes !== undefined && closed === '/') return { name, attributes, children: [], text: '' };
    const children: Element[] = [];
    let text = '';
    while (!rest.startsWith('</')) {
      if (rest.startsWith('<')) children.push(element());
      else text += plain(take(/^[^<]+/)[0]);
    }
    take(new RegExp(`^</${name}\\s*>`));
    return { name, attributes, children, text };
  };
  const root = element();
  if (rest.trim() !== '') throw new Error(`more than one element: ${rest}`);
  return root;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plain(value: string): string {
  return value.replaceAll(/&([^;&]*;?)/g, (_, name: string) => {
    const sign = entities[name.replace(/;$/, '')];
    if (!name.endsWith(';') || sign === undefined) throw new Error(`no entity: &${name}`);
    return sign;
  });
}
