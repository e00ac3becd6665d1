/** What a person may be sent to: https, and what runs on this machine. */
export function isOpenable(address: string): boolean {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  if (url.username !== '' || url.password !== '') return false;
  const here =
    url.hostname === 'localhost' ||
    url.hostname === '127.0.0.1' ||
    url.hostname === '[::1]' ||
    url.hostname.endsWith('.localhost');
  return url.protocol === 'https:' || (url.protocol === 'http:' && here);
}
