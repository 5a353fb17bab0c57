/** The base path that was pasted with the address; of one that only begins like it, no more than the whole path. */
export function pastedTails(basePath: string): RegExp[] {
  const parts = basePath.split('/').slice(1);
  return parts.map((_, left) => {
    const tail = `/${parts.slice(0, parts.length - left).join('/')}`.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`${left === 0 ? '' : '^'}${tail}$`);
  });
}
