/** Endings that operators paste with the address. */
export const pastedTails = [/\/includes\/api\.php$/i, /\/includes$/i, /\/admin$/i, /\/(index|clientarea)\.php$/i];
