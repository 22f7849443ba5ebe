import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot } from '../../infra/local/project-root.js';

/** One text file of the project. */
export interface ProjectFile {
  /** Relative to the project, with slashes. */
  readonly path: string;
  readonly text: string;
}

const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.tidewatch', 'coverage', 'fixtures', 'results']);
const TEXT = /\.(ts|mjs|json|md|sh|yml|yaml|xml|avsc|css|html)$|(^|\/)(run|Dockerfile|LICENSE)$/;

/** Returns every text file of the project, whether committed or not; fixtures, results and what is generated are left out. */
export function projectFiles(): ProjectFile[] {
  const root = findProjectRoot();
  return walk(root, '').map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function walk(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : walk(root, path);
    return entry.isFile() && TEXT.test(path) ? [path] : [];
  });
}
