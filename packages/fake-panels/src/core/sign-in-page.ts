/** The page that a panel answers with to a caller without a session. */
export const signInPage =
  '<!doctype html><html><head><title>Sign in</title></head><body><form method="post"></form></body></html>';
