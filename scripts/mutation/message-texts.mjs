/**
 * Leaves texts with a blank in them alone, with all that stands inside: such a text is a message, or names a thing in one.
 * Codes, statuses, rules and keys have no blanks: they are mutated.
 */
export const leavesMessages = {
  shouldIgnore({ node }) {
    const texts =
      node.type === 'StringLiteral'
        ? [node.value]
        : node.type === 'TemplateLiteral'
          ? node.quasis.map(({ value }) => value.cooked ?? value.raw)
          : [];
    return texts.some((text) => text.includes(' ')) ? 'a message, not a rule' : undefined;
  },
};
