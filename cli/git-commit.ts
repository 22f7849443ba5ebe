import { dirname } from 'node:path';
import { runCommand } from '../infra/local/commands.js';

const TIMEOUT_MS = 5_000;

/**
 * Returns the commit of the project's checkout, 40 hexadecimal digits, with `-dirty` behind it where tracked files differ from it; null outside of
 * a checkout (an image, an archive) and without git.
 */
export async function gitCommit(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  const { code, output } = await runCommand(
    'git',
    ['describe', '--always', '--abbrev=40', '--exclude=*', '--dirty'],
    {
      cwd: root,
      // A checkout around an unpacked archive says nothing about it.
      environment: { ...environment, GIT_CEILING_DIRECTORIES: dirname(root) },
      timeoutMs: TIMEOUT_MS,
    },
  );
  const text = output.trim();
  return code === 0 && /^[0-9a-f]{40}(-dirty)?$/.test(text) ? text : null;
}
