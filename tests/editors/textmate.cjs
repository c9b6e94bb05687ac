// Colours specs with the engine of VS Code: textmate.cjs GRAMMAR TOKENS_DEF SPEC...
'use strict';
const assert = require('assert');
const fs = require('fs');
const oniguruma = require('vscode-oniguruma');
const textmate = require('vscode-textmate');

(async () => {
  const [grammarFile, wordsFile, ...specs] = process.argv.slice(2);
  await oniguruma.loadWASM(fs.readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({ createOnigScanner: (p) => new oniguruma.OnigScanner(p), createOnigString: (s) => new oniguruma.OnigString(s) }),
    loadGrammar: async () => textmate.parseRawGrammar(fs.readFileSync(grammarFile, 'utf8'), grammarFile),
  });
  const grammar = await registry.loadGrammar('source.mig');
  /// [text, innermost scope] of every token of a text.
  const tokens = (text) => {
    let stack = textmate.INITIAL;
    const all = [];
    for (const line of text.split('\n')) {
      const result = grammar.tokenizeLine(line, stack);
      stack = result.ruleStack;
      for (const token of result.tokens) all.push([line.slice(token.startIndex, token.endIndex), token.scopes[token.scopes.length - 1]]);
    }
    all.closed = stack.depth === 1 || stack.equals(grammar.tokenizeLine('', textmate.INITIAL).ruleStack);
    return all;
  };
  let failed = 0;
  const expect = (text, part, scope) => {
    const found = tokens(text).filter((one) => one[0].trim() === part);
    if (found.some((one) => one[1].startsWith(scope))) return;
    failed += 1;
    console.log(`FAIL ${part} in ${text}: ${JSON.stringify(found)}, not ${scope}`);
  };
  expect('/// doc', '/// doc', 'comment.line.documentation');
  expect('let x = 1 // note', '// note', 'comment.line.double-slash');
  expect('x = "a // b"', '"a // b"', 'string.quoted.double');
  expect('x = r"\\d+"', 'r"\\d+"', 'string.regexp');
  expect('x = f"a {b}"', 'f"a {b}"', 'string.interpolated');
  for (const [text, scope] of [['@2025-10-25T08:00:00Z', 'constant.numeric.date'], ['@08:30', 'constant.numeric.date'], ['5min', 'constant.numeric.duration'], ['0.01%', 'constant.numeric.percent'],
    ['1.5e-3', 'constant.numeric.float'], ['12.50', 'constant.numeric.decimal'], ['1_000', 'constant.numeric.integer']]) expect(`  x = ${text}`, text, scope);
  expect('map contacts: a -> b {', 'map', 'keyword.declaration');
  expect('map contacts: a -> b {', 'contacts', 'entity.name');
  expect('open enum Kind { a }', 'Kind', 'entity.name');
  expect('  x = m.match', 'match', 'variable.other.member');
  expect('  let y = match x {', 'match', 'keyword.control');
  expect('  x = a and not b', 'and', 'keyword.operator.word');
  expect('  x = null', 'null', 'constant.language');
  expect('  x = trim(y)', 'trim', 'entity.name.function');
  expect('  id: string @key', 'key', 'entity.other.attribute-name');
  expect('  x = a |?> b', '|?>', 'keyword.operator');
  expect('  x = a |?> b ?? c', '??', 'keyword.operator');
  expect('  `Order ID`: int', '`Order ID`', 'variable.other.member');
  expect('  source = "x"', 'source', 'source.mig');
  const block = tokens('x = """\n  map "quoted" // no comment\n""" // yes');
  if (block.some((one) => one[0].includes('map') && one[1].startsWith('keyword')) || !block.some((one) => one[0] === '// yes' && one[1].startsWith('comment'))) {
    failed += 1;
    console.log('FAIL a block string spans lines');
  }
  const words = [...fs.readFileSync(wordsFile, 'utf8').matchAll(/^MIG_WORD\(\w+, "(\w+)", hard\)/gm)].map((one) => one[1]);
  for (const word of words) expect(`  a ${word} b`, word, ['true', 'false', 'null', 'keep'].includes(word) ? 'constant.language' : 'keyword');
  let count = 0;
  for (const spec of specs) {
    const all = tokens(fs.readFileSync(spec, 'utf8'));
    count += all.length;
    const scopes = new Set(all.map((one) => one[1]));
    if (!all.closed || scopes.size < 4) {
      failed += 1;
      console.log(`FAIL ${spec}: ${all.closed ? 'few scopes' : 'a string or comment stays open at the end'}`);
    }
    // Outside strings and comments every comment sign has been seen as one.
    for (const [text, scope] of all) {
      if (text.includes('//') && !/comment|string/.test(scope)) { failed += 1; console.log(`FAIL ${spec}: ${text} is ${scope}`); }
    }
  }
  console.log(`${count} tokens in ${specs.length} specs; ${failed} failures`);
  process.exit(failed === 0 ? 0 : 1);
})();
