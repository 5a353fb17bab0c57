<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** The language of who is logged in to WHMCS, by the name of its language file: `farsi`, `portuguese-br`. */
final class Language
{
    /**
     * Returns it as a part of a query: that of the session, which WHMCS sets by the client's profile and its switch; nothing where the session has none.
     *
     * @return array{}|array{language: string}
     */
    public static function query(): array
    {
        $name = $_SESSION['Language'] ?? null;
        $isName = is_string($name) && preg_match('/^[A-Za-z][A-Za-z_-]{1,38}$/D', $name) === 1;
        return $isName ? ['language' => $name] : [];
    }
}
