/** The page that a panel answers with when it takes a caller for a person who has not signed in. */
export const signInPage =
  '<!doctype html><html><head><title>Sign in</title></head><body><form method="post"></form></body></html>';
