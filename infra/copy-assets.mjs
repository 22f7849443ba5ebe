/** Puts the schemas beside the built code that reads them: tsc copies only what it compiles. */
import { cpSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const from = fileURLToPath(new URL('../schemas', import.meta.url));
const to = fileURLToPath(new URL('../dist/schemas', import.meta.url));

cpSync(from, to, {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || path.endsWith('.avsc'),
});
