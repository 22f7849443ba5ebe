import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TidewatchError } from '../../common/errors.js';
import { findExecutable, runCommand } from './commands.js';
import { diskFull, saysDiskFull } from './disk-space.js';
import { throwIfInterrupted } from './interruption.js';
import { INFLUX_WAYS, type ServiceContext } from './settings.js';

const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;

/**
 * Returns the path of an `influxd`: the one on the PATH, else the one unpacked from the Debian package `influxdb` under
 * `<cache>/influxdb/package` (downloaded at the first call, about 5 MB; nothing is installed system-wide and no root is
 * needed). Throws INFLUX_UNAVAILABLE when neither can be had.
 */
export async function findInfluxd(context: ServiceContext): Promise<string> {
  const onPath = await findExecutable('influxd', context.settings.environment['PATH']);
  if (onPath !== null) return onPath;
  const unpacked = join(context.cache, 'influxdb/package');
  const binary = join(unpacked, 'usr/bin/influxd');
  if (existsSync(binary)) return binary;
  await unpackPackage(context, unpacked);
  return binary;
}

async function unpackPackage(context: ServiceContext, target: string): Promise<void> {
  const { environment } = context.settings;
  const [apt, dpkg] = await Promise.all(
    ['apt-get', 'dpkg'].map((name) => findExecutable(name, environment['PATH'])),
  );
  if (!apt || !dpkg) throw unavailable('there is no influxd on the PATH and this is not Debian or Ubuntu');

  context.onProgress(
    'downloading the Debian package influxdb (about 5 MB, unpacked under .tidewatch, not installed)',
  );
  const folder = `${target}.${process.pid}`;
  await mkdir(folder, { recursive: true });
  try {
    const options = { environment, timeoutMs: DOWNLOAD_TIMEOUT_MS, cwd: folder, signal: context.signal };
    const download = await runCommand(apt, ['download', 'influxdb'], options);
    throwIfInterrupted(context, 'InfluxDB');
    const file = (await readdir(folder)).find((name) => name.endsWith('.deb'));
    if (download.code !== 0 || file === undefined) throw downloadFailed(download.output, folder);
    const unpack = await runCommand(dpkg, ['-x', file, 'unpacked'], options);
    if (unpack.code !== 0) throw downloadFailed(unpack.output, folder);
    // Somebody who unpacked at the same time has made the same folder.
    if (!existsSync(target)) await rename(join(folder, 'unpacked'), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function downloadFailed(output: string, folder: string): TidewatchError {
  if (saysDiskFull(output)) return diskFull('InfluxDB', folder);
  const reason = output.split('\n').find((line) => line.startsWith('E:')) ?? 'apt-get gave no reason';
  return unavailable(
    `apt-get could not download the package influxdb (${reason.slice(0, 200)}); if its lists are old or missing, run "apt-get update" as root`,
  );
}

function unavailable(reason: string): TidewatchError {
  return new TidewatchError({
    code: 'INFLUX_UNAVAILABLE',
    message: `starting InfluxDB: ${reason}; ${INFLUX_WAYS}`,
    retriable: false,
  });
}
