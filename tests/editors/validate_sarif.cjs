// Validates SARIF files against the published JSON schema of SARIF 2.1.0: validate_sarif.cjs FILE...
'use strict';
const fs = require('fs');
const Ajv = require('ajv-draft-04');
const addFormats = require('ajv-formats');
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv);
const schema = JSON.parse(fs.readFileSync(require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'));
const validate = ajv.compile(schema);
let bad = 0;
for (const file of process.argv.slice(2)) {
  if (validate(JSON.parse(fs.readFileSync(file, 'utf8')))) continue;
  bad += 1;
  for (const error of validate.errors) console.log(`${file}: ${error.instancePath} ${error.message}`);
}
console.log(`${process.argv.length - 2 - bad} valid, ${bad} invalid`);
process.exit(bad === 0 && process.argv.length > 2 ? 0 : 1);
