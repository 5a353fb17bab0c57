// The lint's own rules (oxlint.config.mjs).

/** Words that comments and messages do without, and what to write instead. */
const REFUSED_WORDS = [
  [/\banew\b/gi, 'again'],
  [/\bbears?\b/gi, 'has'],
  [/\bminds\b/gi, 'checks'],
  [/\bwho(m)?ever\b/gi, 'anyone who'],
];

/** The rest of them, for the packages whose texts were gone through. */
const REFUSED_IN_REVIEWED = [
  [/\btells?\b|\btold\b/gi, 'reports'],
  [/\bgives\b/gi, 'returns'],
  [/\btakes\b(?! effect| precedence)/gi, 'accepts'],
  [/\blooks?\b|\blooked\b/gi, 'reads'],
  [/\bsettles?\b|\bsettled\b/gi, 'resolves'],
  [/(?<!\bthere )\b(is|are) no (?!longer\b|more\b)/gi, 'is not a'],
];

/** Words that names do without, and what to write instead. */
const REFUSED_IN_NAMES = [
  [/\b(un)?settle[ds]?\b/, 'ended, resolved'],
  [/\btall(y|ies)\b/, 'sum, totals'],
  // `readingOf`: but `parseOneOf` and `indexOf` have a verb, `agentsOf` and `partOf` are not functions.
  [
    /^(?!(parse|check|with|is|not|agents|part|one|any|index|last index|flvx step) ).* of$/,
    'toName, findName, readName',
  ],
  [/\banew\b/, 'again'],
  [/\bwhom?ever\b/, 'anyone'],
  [/\b(memo|remembered)\b/, 'history, checkpoint'],
  [/\b(footprint|notebook|sweep)\b/, 'resources, report, run'],
];
/** Names in JSON documents and stored rows, and of JavaScript. */
const GIVEN_NAMES = ['allSettled', 'supportedValuesOf', 'settledAt', 'settled_at', 'settled', 'memo'];
const toWords = (name) => name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();

/** What comments, messages and names may not say (CONTRIBUTING.md). */
const wording = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'object' }],
    messages: { word: 'Write "{{instead}}" instead of "{{word}}".' },
  },
  create(context) {
    const words = context.options[0]?.reviewed ? [...REFUSED_WORDS, ...REFUSED_IN_REVIEWED] : REFUSED_WORDS;
    const check = (node, text) => {
      for (const [pattern, instead] of words) {
        for (const [word] of text.matchAll(pattern)) {
          context.report({ loc: node.loc, messageId: 'word', data: { word: word.trim(), instead } });
        }
      }
    };
    const checkName = (node, name) => {
      if (GIVEN_NAMES.includes(name)) return;
      for (const [pattern, instead] of REFUSED_IN_NAMES) {
        if (pattern.test(toWords(name))) context.report({ node, messageId: 'word', data: { word: name, instead } });
      }
    };
    return {
      Program: () => context.sourceCode.getAllComments().forEach((comment) => check(comment, comment.value)),
      // A literal without a space is a code or a key.
      Literal: (node) => typeof node.value === 'string' && node.value.includes(' ') && check(node, node.value),
      TemplateElement: (node) => check(node, node.value.raw),
      Identifier: (node) => checkName(node, node.name),
      PrivateIdentifier: (node) => checkName(node, node.name),
    };
  },
};

/** Which modules a file may import: patterns of JavaScript, which may look ahead. */
const imports = {
  meta: { type: 'problem', schema: [{ type: 'array' }] },
  create(context) {
    const patterns = context.options[0].map((pattern) => ({ ...pattern, regex: new RegExp(pattern.regex) }));
    const check = (node) => {
      if (node.source == null) return;
      const { value } = node.source;
      const isType = (node.importKind ?? node.exportKind) === 'type';
      for (const { regex, message, values = false } of patterns) {
        if (regex.test(value) && !(values && isType))
          context.report({ node, message: `"${value}" may not be imported here. ${message}` });
      }
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

/** Refuses code by its shape: selectors, each with what to do instead. */
const syntax = {
  meta: { type: 'problem', schema: [{ type: 'array' }] },
  create: (context) =>
    Object.fromEntries(
      context.options[0].map(({ selector, message }) => [selector, (node) => context.report({ node, message })]),
    ),
};

export default { meta: { name: 'sluice' }, rules: { wording, imports, syntax } };
