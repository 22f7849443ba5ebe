import { describe, expect, it } from 'vitest';
import { sourceBreaches } from './source-rules.js';
import { textBreaches } from './text-rules.js';

describe('what breaks the house rules', () => {
  it.each([
    ['common/a.ts', 'let a: any;'],
    ['common/a.ts', 'const a = b as any;'],
    ['common/a.ts', 'const a: Map<string, any> = b;'],
    ['common/a.ts', '// biome-ignore lint: because\nlet a = 1;'],
    ['common/a.ts', '/* @ts-ignore */ let a = 1;'],
    ['common/a.ts', `// ${'TO'}DO later\nlet a = 1;`],
    ['common/a.ts', "const a = process.env['A'];"],
    ['processors/window/main.ts', 'process.exit(1);'],
    ['processors/window/main.ts', 'process.exitCode = 1;'],
    ['tests/a.test.ts', 'process.exit(1);'],
    ['detection/a.ts', 'const a = Date.now();'],
    ['detection/a.ts', 'const a = Math.random();'],
    ['detection/a.ts', 'const a = performance.now();'],
    ['detection/a.ts', 'const a = new Date();'],
    ['processors/score/core.ts', 'const a = new Date;'],
    ['tests/a.test.ts', "it.skip('a', () => {});"],
    ['tests/a.test.ts', "describe.concurrent.only('a', () => {});"],
    ['tests/a.test.ts', "it.todo('a');"],
    ['common/a.ts', 'export default 1;'],
    ['common/string-utils.ts', 'export const a = 1;'],
    ['common/helpers/a.ts', 'export const a = 1;'],
  ])('%s: %s', (path, source) => {
    expect(sourceBreaches(path, source)).toHaveLength(1);
  });

  it.each([
    ['common/a.ts', "// any of them\nconst a = 'any'; const b = AbortSignal.any([]);"],
    ['common/a.ts', 'const a = Date.now() + Math.random();'],
    ['cli/main.ts', 'process.exit(process.env.A ? 1 : 0);'],
    ['benchmarks/end-to-end/main.ts', 'process.exit(0);'],
    ['tests/a.test.ts', "const a = process.env['A']; position.skip(1); it.skipIf(a)('b', () => {});"],
    ['detection/a.ts', 'const a = new Date(event.timestamp); const b = random();'],
    ['detection/isolation-forest/package-grower.ts', 'Math.random = random;'],
    ['common/a.ts', 'const a = { env: child.env }; const b = child.process.env;'],
    ['vitest.config.ts', 'export default {};'],
  ])('not %s: %s', (path, source) => {
    expect(sourceBreaches(path, source)).toEqual([]);
  });

  it('finds places of one machine and hosts of one mirror in any text', () => {
    const folder = ['', 'work', 'main'].join('/');
    const host = ['registry', 'npmjs', 'org'].join('.');
    const text = `fine\nin ${folder}/x\nfrom https://${host}/a\n`;
    expect(textBreaches('README.md', text)).toEqual([
      'README.md:2 names a path of one machine',
      'README.md:3 names a registry host',
    ]);
  });
});
