// Keeps a copy of today's schemas as those of a release: node schemas/release.mjs <version>. Refuses to change a release that exists.
import { cpSync, mkdirSync, readdirSync } from 'node:fs';

const version = process.argv[2] ?? '';
if (!/^\d+\.\d+\.\d+$/.test(version)) {
  process.stderr.write('usage: node schemas/release.mjs <major.minor.patch>\n');
  process.exit(2);
}
const here = new URL('./', import.meta.url);
const target = new URL(`./released/${version}/`, here);
mkdirSync(new URL('./released/', here), { recursive: true });
mkdirSync(target);
const files = readdirSync(here).filter((name) => name.endsWith('.avsc'));
for (const name of files) cpSync(new URL(name, here), new URL(name, target));
process.stdout.write(`${files.length} schemas kept in schemas/released/${version}\n`);
