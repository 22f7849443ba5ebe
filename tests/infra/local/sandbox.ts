import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findExecutable } from '../../../infra/local/commands.js';
import type { ServicesOptions } from '../../../infra/local/services.js';
import type { ServiceSettings } from '../../../infra/local/settings.js';
import { sharedCache } from '../../support/service-fixtures.js';

/** A scratch home with a PATH that holds only what a test puts there. */
export interface Sandbox {
  readonly home: string;
  /** The folder that is the whole PATH of {@link Sandbox.environment}. */
  readonly bin: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Puts a shell script on the PATH. */
  script(name: string, body: string): Promise<void>;
  /** Puts commands of this machine on the PATH; throws when one is missing. */
  link(...names: string[]): Promise<void>;
  /** Options of infra/local with this home and PATH, and the shared download cache. */
  options(settings?: Partial<ServiceSettings>): ServicesOptions;
  remove(): Promise<void>;
}

/** Makes a sandbox; the caller removes it. */
export async function makeSandbox(): Promise<Sandbox> {
  const root = await mkdtemp(join(tmpdir(), 'tidewatch-sandbox-'));
  const [home, bin] = [join(root, 'home'), join(root, 'bin')];
  await Promise.all([mkdir(home), mkdir(bin)]);
  const environment = { PATH: bin, HOME: process.env['HOME'] };
  return {
    home,
    bin,
    environment,
    script: async (name, body) => {
      await writeFile(join(bin, name), `#!/bin/sh\n${body}\n`);
      await chmod(join(bin, name), 0o755);
    },
    link: async (...names) => {
      for (const name of names) {
        const found = await findExecutable(name, process.env['PATH']);
        if (found === null) throw new Error(`making a sandbox: ${name} is not on this machine`);
        await symlink(found, join(bin, name));
      }
    },
    options: (settings = {}) => ({ home, cache: sharedCache(), settings: { environment, ...settings } }),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
