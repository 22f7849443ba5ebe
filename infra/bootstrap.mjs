/**
 * What `npm start` and `npm test` run first, with nothing but Node: installs the packages when the lockfile changed,
 * builds when a source is newer than the build, then goes on in the same process. Plain JavaScript, because nothing is
 * built yet when it runs.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = [
  'schemas',
  'common',
  'detection',
  'producers',
  'processors',
  'sinks',
  'jobs',
  'serve',
  'cli',
  'infra',
  'benchmarks',
];
const STAMP = join(ROOT, 'node_modules/.tidewatch-lock');
const BUILT = join(ROOT, 'dist/.built');
const OLDEST_NODE = [20, 19];

/** Runs a command with our own output; ends this process with its exit code when it fails. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit' });
    const forward = (signal) => child.kill(signal);
    process.on('SIGTERM', forward);
    process.on('SIGINT', forward);
    child.on('error', (error) => {
      console.error(`running ${command}: ${error.message}`);
      process.exit(1);
    });
    child.on('exit', (code, signal) => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', forward);
      if (code !== 0) process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 130 : 1));
      resolve();
    });
  });
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  console.error(`Tidewatch needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(2);
}

async function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock) return;
  console.error('installing packages (first time: about a minute)');
  // Install scripts stay off: every package that is needed works without them.
  // The compiler is a development dependency: NODE_ENV=production must not leave it out.
  await run('npm', [
    'ci',
    '--include=dev',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  writeFileSync(STAMP, lock);
}

function newestChange(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestChange(path) : statSync(path).mtimeMs);
  }
  return newest;
}

async function build() {
  const folders = SOURCES.map((folder) => join(ROOT, folder)).filter((folder) => existsSync(folder));
  const newest = Math.max(...folders.map(newestChange), statSync(join(ROOT, 'package-lock.json')).mtimeMs);
  if (existsSync(BUILT) && statSync(BUILT).mtimeMs >= newest) return;
  console.error('building');
  await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json']);
  await run(process.execPath, [join(ROOT, 'infra/copy-assets.mjs')]);
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  writeFileSync(BUILT, '');
}

/** Goes on with a built entry point in this very process, so that signals need no forwarding. */
async function enter(path, args) {
  process.argv = [process.execPath, join(ROOT, path), ...args];
  await import(pathToFileURL(join(ROOT, path)).href);
}

const [mode, ...args] = process.argv.slice(2);
checkNode();
await install();
if (mode === 'test') {
  await build();
  await run(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...args]);
} else if (mode === 'bench') {
  await build();
  await enter('dist/benchmarks/main.js', args);
} else if (mode?.startsWith('bench:')) {
  await build();
  await enter(`dist/benchmarks/${mode.slice('bench:'.length)}/main.js`, args);
} else {
  await build();
  await enter('dist/cli/main.js', mode === 'up' ? ['up', ...args] : args);
}
