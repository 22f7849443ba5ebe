import { describe, expect, it } from 'vitest';
import { importBreaches } from './import-rules.js';
import { importsOf } from './module-imports.js';

describe('what a source imports', () => {
  const specifiers = (source: string) => importsOf(source).map(({ specifier }) => specifier);

  it('sees static, side-effect and dynamic imports, re-exports and require', () => {
    const source = `
      import { a } from './a.js';
      import b, { c as d } from "./b.js";
      import * as e from './e.js';
      import './f.js';
      export { g } from './g.js';
      export * from './h.js';
      const i = await import('./i.js');
      const j = require('j');`;
    expect(specifiers(source)).toEqual([
      './a.js',
      './b.js',
      './e.js',
      './f.js',
      './g.js',
      './h.js',
      './i.js',
      'j',
    ]);
  });

  it('sees no import in comments, strings, templates and regular expressions', () => {
    const source = `
      // import { a } from './a.js';
      /* export * from './b.js'; */
      const text = "import { c } from './c.js'" + \`import { d } from './d.js' \${1 + 1}\`;
      const pattern = /import '[/.]e.js'/;
      const half = a / b; const other = "from './f.js'";
      export const g = 1; export { g as h };
      const name = object.import('./i.js'); const url = import.meta.url;`;
    expect(specifiers(source)).toEqual([]);
  });

  it('sees the import inside a template literal', () => {
    const hole = '$';
    const source = `const a = \`x ${hole}{await import('./a.js')} y ${hole}{{ b: \`${hole}{require('c')}\` }}\`;`;
    expect(specifiers(source)).toEqual(['./a.js', 'c']);
  });

  it('tells types from values: a list that holds only types still loads its module', () => {
    const source = `
      import type { A } from './a.js';
      import { type B } from './b.js';
      export type { C } from './c.js';
      let d: typeof import('./d.js');
      let e: import('./e.js').E;
      const f = await import('./f.js');`;
    expect(importsOf(source).map(({ specifier, typeOnly }) => `${specifier} ${typeOnly}`)).toEqual([
      './a.js true',
      './b.js false',
      './c.js true',
      './d.js true',
      './e.js true',
      './f.js false',
    ]);
  });

  it('names the line', () => {
    expect(importsOf("/* one\ntwo */\nimport {\n  a,\n} from './a.js';")).toEqual([
      { specifier: './a.js', typeOnly: false, line: 5 },
    ]);
  });
});

describe('the direction of imports', () => {
  const allowed = (path: string, specifier: string, clause = 'import { a } from') =>
    importBreaches(path, `${clause} '${specifier}';`).length === 0;

  it.each([
    ['schemas/a.ts', '../common/log.js'],
    ['detection/a.ts', '../schemas/prediction.js'],
    ['detection/series/a.ts', '../../common/random.js'],
    ['detection/a.ts', 'node:fs'],
    ['common/a.ts', '../detection/consensus/a.js'],
    ['common/kafka/a.ts', '../../infra/local/a.js'],
    ['processors/score/main.ts', '../window/core.js'],
    ['processors/score/main.ts', '../../sinks/influxdb/encode.js'],
    ['producers/simulator/main.ts', '../load-generator/main.js'],
    ['jobs/train/core.ts', '../../processors/score/core.js'],
    ['sinks/influxdb/main.ts', '../../infra/local/services.js'],
    ['serve/main.ts', '../cli/io.js'],
    ['infra/local/a.ts', '../../detection/a.js'],
    ['infra/local/a.ts', '../../cli/io.js'],
    ['cli/main.ts', '../tests/support/kafka.js'],
    ['cli/main.ts', '../benchmarks/main.js'],
    ['benchmarks/main.ts', '../tests/support/kafka.js'],
    ['infra/local/kafka-probe.ts', 'kafkajs'],
    ['tests/a.test.ts', 'kafkajs'],
    ['common/kafka/publisher.ts', 'kafkajs/src/producer/index.js'],
    ['common/log.ts', 'node:process'],
  ])('refuses %s -> %s', (path, specifier) => {
    expect(allowed(path, specifier)).toBe(false);
  });

  it.each([
    ['common/a.ts', '../schemas/prediction.js'],
    ['processors/score/main.ts', './core.js'],
    ['processors/score/main.ts', '../../detection/consensus/consensus.js'],
    ['processors/score/main.ts', '../../common/log.js'],
    ['producers/simulator/main.ts', '../producer-shell.js'],
    ['infra/local/a.ts', '../../common/errors.js'],
    ['cli/up/up.ts', '../../infra/local/services.js'],
    ['benchmarks/main.ts', '../cli/io.js'],
    ['tests/cli/a.test.ts', '../../processors/score/core.js'],
    ['common/kafka/patches/a.ts', 'kafkajs'],
    ['detection/a.ts', 'simple-statistics'],
  ])('lets %s -> %s', (path, specifier) => {
    expect(allowed(path, specifier)).toBe(true);
  });

  it('holds types to the same direction, but lets everybody name the types of kafkajs', () => {
    expect(allowed('detection/a.ts', '../common/log.js', 'import type { Logger } from')).toBe(false);
    expect(allowed('cli/up/lag.ts', 'kafkajs', 'import type { Admin } from')).toBe(true);
    expect(allowed('cli/up/lag.ts', 'kafkajs', 'import { type Admin } from')).toBe(false);
  });
});
