import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findProjectRoot } from '../../infra/local/project-root.js';

const root = findProjectRoot();
const compose = await readFile(join(root, 'docker-compose.yml'), 'utf8');

it('runs the Kafka that infra/kafka/pom.xml pins', async () => {
  const pom = await readFile(join(root, 'infra/kafka/pom.xml'), 'utf8');
  const pinned = /<kafka\.version>([^<]+)</.exec(pom)?.[1];
  expect(compose).toContain(`image: apache/kafka:${pinned}\n`);
});

it('has no default for a secret and opens no port to other machines', () => {
  const secrets = [...compose.matchAll(/\$\{(\w*(?:TOKEN|PASSWORD)\w*)(:?.)/g)];
  expect(secrets.length).toBeGreaterThan(0);
  for (const [, name, operator] of secrets) expect(`${name} ${operator}`).toBe(`${name} :?`);
  const ports = [...compose.matchAll(/^ {6}- "([^"]+:\d+)"$/gm)].map((match) => match[1]);
  expect(ports).toHaveLength(4);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
});
