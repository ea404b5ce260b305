// Fails when a language lacks a message, has one too many, leaves one empty, or names other
// placeholders than English; and when the source asks for a message that does not exist.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MESSAGES = new URL('../src/messages/', import.meta.url).pathname;
const SOURCE = new URL('../src/', import.meta.url).pathname;
const REFERENCE = 'en.json';

/** @returns {Map<string, string>} dotted key → text */
function flatten(node, prefix = '', into = new Map()) {
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'string') into.set(prefix + key, value);
    else flatten(value, `${prefix}${key}.`, into);
  }
  return into;
}

const placeholders = (text) =>
  [...text.matchAll(/{{\s*([\w.]+)[^}]*}}|<(\w+)>/g)].map((m) => m[1] ?? `<${m[2]}>`).sort();

const load = (file) => flatten(JSON.parse(readFileSync(join(MESSAGES, file), 'utf8')));

const problems = [];
const reference = load(REFERENCE);
const files = readdirSync(MESSAGES).filter((name) => name.endsWith('.json'));

for (const file of files) {
  const messages = load(file);
  for (const [key, text] of messages) {
    if (!text.trim()) problems.push(`${file}: "${key}" is empty`);
    if (!reference.has(key)) problems.push(`${file}: "${key}" is not in ${REFERENCE}`);
  }
  for (const [key, text] of reference) {
    const own = messages.get(key);
    if (own === undefined) problems.push(`${file}: "${key}" is missing`);
    else if (String(placeholders(own)) !== String(placeholders(text)))
      problems.push(`${file}: "${key}" names ${placeholders(own)}, not ${placeholders(text)}`);
  }
}

const known = (key) =>
  reference.has(key) || (reference.has(`${key}_one`) && reference.has(`${key}_other`));
for (const file of readdirSync(SOURCE, { recursive: true })) {
  if (!/\.tsx?$/.test(file)) continue;
  const text = readFileSync(join(SOURCE, file), 'utf8');
  for (const [, key] of text.matchAll(/\b(?:t|translate)\(\s*'([\w.]+)'/g))
    if (!known(key)) problems.push(`src/${file}: asks for "${key}", which does not exist`);
  for (const [, key] of text.matchAll(/i18nKey="([\w.]+)"/g))
    if (!known(key)) problems.push(`src/${file}: asks for "${key}", which does not exist`);
}

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n${problems.length} problem(s) in the messages\n`);
  process.exit(1);
}
process.stdout.write(`${reference.size} messages, complete in ${files.join(', ')}\n`);
