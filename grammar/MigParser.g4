// Syntax of the `.mig` language. Kept free of SLL conflicts; a test parses every spec in the repository and fails on any.
// Two rules keep it so: a construct that ends in an expression is an alternative of `expr`, never of `primary`; a word that can follow an
// expression does not also continue one. Rules named *Item, `decl`, `stmt`, `step`, `schemaField` and `setting` are where the parser starts
// over after an error (compiler/syntax/error_strategy.cpp).
parser grammar MigParser;

options { tokenVocab = MigLexer; }

file: decl* EOF;
hole: expr EOF;  // inside f"{...}"

decl
  : attribute* (header | importDecl | paramDecl | typeDecl | enumDecl | schemaDecl | sourceDecl | targetDecl | lookupDecl | tableDecl
    | fnDecl | issueDecl | privacyDecl | mapDecl | dedupeDecl | profileDecl | reconcileDecl | syncDecl | stageDecl | rollbackDecl
    | testDecl | itemDecl | environmentDecl);

header: K_MIGRATION text K_VERSION text settings?;
importDecl: K_IMPORT text (K_AS name)?;
paramDecl: K_PARAM name T_COLON typeExpr (T_ASSIGN expr)?;
typeDecl: K_TYPE name T_ASSIGN typeExpr (K_WHERE expr)?;

enumDecl: K_OPEN? K_ENUM name T_LBRACE (variant (T_COMMA variant)* T_COMMA?)? T_RBRACE;
variant: word (T_ASSIGN wire)? attribute*;
wire: text | T_MINUS? T_INT;

schemaDecl: K_SCHEMA name (schemaBody | K_FROM connector schemaBody?);
schemaBody: T_LBRACE schemaField* T_RBRACE;
schemaField: word T_QUESTION? T_COLON typeExpr attribute* T_COMMA?;

sourceDecl: K_SOURCE name T_COLON typeExpr K_FROM connector settings?;
targetDecl: K_TARGET name T_COLON typeExpr K_INTO connector settings?;
lookupDecl: K_LOOKUP name T_COLON typeExpr T_ARROW typeExpr K_FROM connector settings?;
connector: name (T_LPAREN arguments? T_RPAREN)?;

tableDecl: K_TABLE name T_COLON typeExpr T_ARROW typeExpr (K_VIA path (T_COMMA path)*)? tableBody;
tableBody: T_LBRACE (tableRow (T_COMMA tableRow)* T_COMMA?)? T_RBRACE;
tableRow: (K_ELSE | pattern) T_FAT_ARROW expr;

fnDecl
  : K_FN name typeParameters? T_LPAREN (fnParameter (T_COMMA fnParameter)* T_COMMA?)? T_RPAREN T_ARROW typeExpr
    (K_RAISES code (T_COMMA code)*)? (T_ASSIGN expr | block)?;
typeParameters: T_LT name (T_COMMA name)* T_GT;
fnParameter: name T_COLON typeExpr T_ELLIPSIS? (T_ASSIGN expr)?;

issueDecl: K_ISSUE name text (K_FIX text)? settings?;

privacyDecl: K_PRIVACY T_LBRACE privacyItem* T_RBRACE;
privacyItem
  : K_CLASS path text?
  | K_MASK label (T_COMMA label)* K_IN names K_WITH expr
  | K_ALLOW label (T_COMMA label)* K_TO names (K_BECAUSE text)?;
label: word (T_DOT word)* (T_DOT T_STAR)?;

mapDecl: K_MAP name T_COLON name (K_AS name)? T_ARROW name (K_AS name)? block;

dedupeDecl: K_DEDUPE name K_BY expr (T_COMMA expr)* T_LBRACE dedupeItem* T_RBRACE;
dedupeItem
  : K_PREFER expr (K_DESC | K_ASC)?
  | K_MERGE path T_ASSIGN expr
  | K_WARN code;

profileDecl: K_PROFILE name T_LBRACE checkItem* T_RBRACE;
reconcileDecl: K_RECONCILE name T_LBRACE checkItem* T_RBRACE;
checkItem
  : K_LET name (T_COLON typeExpr)? T_ASSIGN expr
  | K_EXPECT expr (K_TOLERANCE expr)? (K_ELSE (K_FAIL | K_WARN | K_REJECT) code)?;

syncDecl: K_SYNC name T_COLON name T_ARROW K_MAP name T_LBRACE syncItem* T_RBRACE;
syncItem
  : K_ON word (T_COMMA word)* K_DO ((K_FAIL | K_REJECT | K_SKIP | K_WARN) code | name settings?)
  | setting;

stageDecl: K_STAGE name (K_AFTER names)? T_LBRACE step* T_RBRACE;
rollbackDecl: K_ROLLBACK name (K_WITHIN expr)? T_LBRACE step* T_RBRACE;
step
  : attribute* ( K_PROFILE names
  | K_RUN names settings?
  | K_RECONCILE names
  | K_SYNC name settings?
  | K_COMPARE name K_WITH name settings?
  | K_ROUTE text K_TO name settings?
  | K_GATE name T_LBRACE gateItem* T_RBRACE
  | K_ON word word (T_LPAREN name T_RPAREN)?
  | K_UNDO names settings?
  | K_NOTIFY text
  | K_MANUAL text
  | setting );
gateItem
  : K_REQUIRE expr (K_FOR expr)? (K_ELSE K_FAIL code)?
  | K_APPROVE text (K_WITHIN expr)?;

testDecl: K_TEST text K_FOR names T_LBRACE testItem* T_RBRACE;
testItem
  : K_ASSUME path T_ASSIGN expr
  | K_GIVEN (name T_ASSIGN)? expr (T_COMMA expr)*
  | K_EXPECT K_NOT? K_ISSUE code
  | K_EXPECT expr (K_TOLERANCE expr)?;

itemDecl: K_ITEM name text settings?;

environmentDecl: K_ENVIRONMENT name T_LBRACE environmentItem* T_RBRACE;
environmentItem
  : K_SECRET name T_ASSIGN expr
  | (K_SOURCE | K_TARGET | K_LOOKUP) name settings
  | setting;

// ---- statements ----

block: T_LBRACE stmt* T_RBRACE;
stmt
  : attribute* ( K_LET name (T_COLON typeExpr)? T_ASSIGN expr
  | K_REQUIRE expr K_ELSE raiseVerb code (K_WITH expr)?
  | raiseVerb code (K_WITH expr)? K_WHEN expr
  | whenStmt
  | K_COPY path T_DOT T_LBRACE word (T_COMMA word)* T_COMMA? T_RBRACE
  | K_IGNORE path (T_COMMA path)* (K_BECAUSE text)?
  | K_EMIT name (K_FOR name K_IN expr)? block
  | K_RETURN expr
  | path T_ASSIGN expr );
whenStmt: K_WHEN expr block (K_ELSE (block | whenStmt))?;
raiseVerb: K_REJECT | K_SKIP | K_WARN;

// ---- expressions, tightest first ----

expr
  : primary
  | expr op=(T_DOT | T_NULL_DOT) word
  | expr op=T_LPAREN arguments? T_RPAREN
  | expr op=T_LBRACKET expr T_RBRACKET
  | op=T_MINUS expr
  | expr op=(T_STAR | T_SLASH) expr
  | expr op=(T_PLUS | T_MINUS) expr
  | expr op=(T_PIPE | T_NULL_PIPE) expr
  | <assoc=right> expr op=T_COALESCE expr
  | expr (op=(T_EQ | T_NE | T_LT | T_LE | T_GT | T_GE | K_IN | K_MATCHES) | K_NOT op=K_IN) expr
  | op=K_NOT expr
  | expr op=K_AND expr
  | expr op=K_OR expr
  | expr op=K_CATCH expr
  | op=K_IF expr K_THEN expr K_ELSE expr
  | lambdaParameters op=T_ARROW expr
  | op=(K_REJECT | K_SKIP) T_IDENT  // `reject geo.X1` comes out as the field X1 of `reject geo`; the builder turns it round
  | op=(K_REJECT | K_SKIP) code K_WITH expr
  | op=K_WARN code (K_WITH expr)? K_USE expr;

lambdaParameters: name | T_LPAREN (name (T_COMMA name)*)? T_RPAREN;
arguments: argument (T_COMMA argument)* T_COMMA?;
argument: (word T_COLON)? expr;

primary
  : literal
  | K_KEEP
  | name
  | T_LPAREN expr T_RPAREN
  | T_LBRACKET (expr (T_COMMA expr)* T_COMMA?)? T_RBRACKET
  | T_LBRACE (recordEntry (T_COMMA recordEntry)* T_COMMA?)? T_RBRACE
  | K_MATCH expr T_LBRACE (matchArm (T_COMMA matchArm)* T_COMMA?)? T_RBRACE;
literal
  : K_NULL | K_TRUE | K_FALSE | T_INT | T_DECIMAL | T_FLOAT | T_PERCENT | T_DURATION | T_DATE | T_TIME | T_STRING | T_BLOCK_STRING
  | T_RAW_STRING | T_FSTRING;
recordEntry: (word | T_STRING) T_COLON expr;
matchArm: pattern (K_IF expr)? T_FAT_ARROW expr;

pattern: patternPart (T_BAR patternPart)*;
patternPart
  : T_RANGE constant
  | constant (T_RANGE constant?)?
  | name (T_DOT word)* (T_LPAREN name T_RPAREN)?;
constant
  : T_MINUS? (T_INT | T_DECIMAL | T_FLOAT | T_PERCENT | T_DURATION)
  | T_DATE | T_TIME | T_STRING | T_BLOCK_STRING | T_RAW_STRING | K_TRUE | K_FALSE | K_NULL;

// ---- types ----

typeExpr
  : typePrimary (T_QUESTION | T_BANG)*
  | T_LPAREN (typeExpr (T_COMMA typeExpr)*)? T_RPAREN T_ARROW typeExpr;
typePrimary
  : name (T_DOT word)* (T_LT typeExpr (T_COMMA typeExpr)* T_GT)? (T_LPAREN typeArgument (T_COMMA typeArgument)* T_RPAREN)?
  | T_LBRACE (typeField (T_COMMA? typeField)* T_COMMA?)? T_RBRACE;
typeArgument: T_RANGE expr | expr (T_RANGE expr?)?;
typeField: word T_QUESTION? T_COLON typeExpr attribute*;

// ---- pieces ----

attribute: T_AT word (T_LPAREN arguments? T_RPAREN)?;
settings: T_LBRACE setting* T_RBRACE;
setting: word T_ASSIGN expr T_COMMA?;
path: word (T_DOT word)*;
names: name (T_COMMA name)*;
code: T_IDENT (T_DOT T_IDENT)?;
text: T_STRING | T_BLOCK_STRING | T_RAW_STRING;
name: T_IDENT | softWord;
word: name | hardWord;
hardWord
  : K_AND | K_OR | K_NOT | K_IN | K_MATCHES | K_IF | K_THEN | K_ELSE | K_MATCH | K_CATCH | K_LET | K_RETURN | K_WHEN | K_REQUIRE
    | K_REJECT | K_SKIP | K_WARN | K_KEEP | K_TRUE | K_FALSE | K_NULL;
softWord
  : K_MIGRATION | K_IMPORT | K_PARAM | K_TYPE | K_OPEN | K_ENUM | K_SCHEMA | K_SOURCE | K_TARGET | K_LOOKUP | K_TABLE | K_FN | K_ISSUE
    | K_PRIVACY | K_MAP | K_DEDUPE | K_PROFILE | K_RECONCILE | K_SYNC | K_STAGE | K_ROLLBACK | K_TEST | K_ITEM | K_ENVIRONMENT
    | K_VERSION | K_AS | K_WHERE | K_FROM | K_INTO | K_VIA | K_RAISES | K_FIX | K_CLASS | K_MASK | K_ALLOW | K_TO | K_BECAUSE | K_WITH
    | K_USE | K_COPY | K_IGNORE | K_EMIT | K_FOR | K_BY | K_PREFER | K_DESC | K_ASC | K_MERGE | K_EXPECT | K_TOLERANCE | K_FAIL | K_ON
    | K_DO | K_AFTER | K_RUN | K_GATE | K_APPROVE | K_WITHIN | K_COMPARE | K_ROUTE | K_UNDO | K_NOTIFY | K_MANUAL | K_ASSUME | K_GIVEN
    | K_SECRET;
