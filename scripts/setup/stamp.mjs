// Remembers what was found out or built, keyed on everything the answer depends on.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @param {unknown} facts anything JSON can hold */
export function fingerprint(facts) {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/**
 * @param {string} root
 * @param {string} name
 */
function stampFile(root, name) {
  return join(root, 'node_modules', '.cache', 'scumble', `${name}.json`);
}

/**
 * @param {string} root
 * @param {string} name
 * @param {string} key
 * @returns {boolean} whether a stamp of that name was left with that very key
 */
export function hasStamp(root, name, key) {
  try {
    return JSON.parse(readFileSync(stampFile(root, name), 'utf8')).key === key;
  } catch {
    return false;
  }
}

/**
 * @param {string} root
 * @param {string} name
 * @param {string} key
 * @param {Record<string, unknown>} [note] for a person who looks into the file
 */
export function leaveStamp(root, name, key, note = {}) {
  const file = stampFile(root, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ key, ...note }, null, 2)}\n`);
}
