import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

// Both peers get one template a file, with nothing to fill in: the least work that they can have.

/** Templates for plop (Handlebars), and the plopfile whose one generator writes them all. */
export function plopTemplates(files, folder) {
  // Mermaid writes {{ }}, which Handlebars would read.
  for (const [path, content] of files) write(join(folder, 'tree', `${path}.hbs`), content.replaceAll('{{', '\\{{'));
  write(
    join(folder, 'plopfile.mjs'),
    `export default (plop) =>
  plop.setGenerator('tree', {
    description: 'the whole tree',
    prompts: [],
    actions: [
      { type: 'addMany', destination: '.', base: 'tree', templateFiles: 'tree/**', globOptions: { dot: true } },
    ],
  });
`,
  );
}

/** Templates for hygen (EJS below front matter): the generator "tree" with the action "new". */
export function hygenTemplates(files, folder) {
  let number = 0;
  for (const [path, content] of files) {
    number += 1;
    const name = `${String(number).padStart(5, '0')}.ejs.t`;
    write(join(folder, 'tree', 'new', name), `---\nto: ${path}\n---\n${content.replaceAll('<%', '<%%')}`);
  }
}

function write(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
