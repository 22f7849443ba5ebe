import type { Breach } from './import-rules.js';

/** Texts that tie the project to one machine or one mirror. Written so that they do not find themselves. */
const PLACES: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w.])\/work\//, 'names a path of one machine'],
  [/(?<![\w.])\/root\//, 'names a path of one machine'],
  [/\/Users\/\w/, 'names a path of one machine'],
  // The one folder outside that is looked for: labelled data of others, beside the project.
  [/\.\.\/shared\/(?!data\b)/, 'leaves the project by a relative path'],
  [/registry\.(npmjs|yarnpkg)\./i, 'names a registry host'],
  [/repo1?\.maven\.(apache\.)?org/i, 'names a registry host'],
  [/(files\.)?pythonhosted\.org|pypi\.org/i, 'names a registry host'],
  [/(deb\.debian|archive\.ubuntu)\.(org|com)/i, 'names a registry host'],
  [/"resolved": "https?:/, 'names a registry host'],
];

/** Returns the lines of any text file of the project that tie it to one machine or mirror. */
export function textBreaches(path: string, text: string): Breach[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      PLACES.filter(([pattern]) => pattern.test(line)).map(([, reason]) => `${path}:${index + 1} ${reason}`),
    );
}
