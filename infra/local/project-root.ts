import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TidewatchError } from '../../common/errors.js';

/** Returns the folder of the project: the nearest one above this file that holds `infra/kafka/pom.xml`. */
export function findProjectRoot(from: string = fileURLToPath(import.meta.url)): string {
  for (let folder = dirname(from); folder !== dirname(folder); folder = dirname(folder)) {
    // dist/ holds a copy of the assets; the project is the folder that also has package.json.
    if (existsSync(join(folder, 'infra/kafka/pom.xml')) && existsSync(join(folder, 'package.json')))
      return folder;
  }
  throw new TidewatchError({
    code: 'PROJECT_NOT_FOUND',
    message: `finding the project: no folder above ${from} holds infra/kafka/pom.xml`,
    retriable: false,
  });
}
