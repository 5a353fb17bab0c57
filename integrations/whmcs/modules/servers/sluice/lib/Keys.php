<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use WHMCS\Database\Capsule;

/**
 * Idempotency keys: what was sent and not answered is sent again with the same key, and what was answered is never taken for a
 * repetition. A key consists of WHMCS's ids, the number of the request, and a keyed digest of its content.
 */
final class Keys
{
    public function __construct(private readonly string $secret)
    {
    }

    /** Returns a key that is never used again, for a request whose repetition has to be done again. */
    public static function fresh(string $subject, string $action): string
    {
        return "whmcs-$subject-$action-" . bin2hex(random_bytes(12));
    }

    /**
     * Returns the key of a request.
     *
     * @param string $subject what it is about, by WHMCS's ids: `service-42`, `addon-77`
     * @param list<mixed> $content path and body: another content gets another key
     */
    public function begin(string $subject, string $action, array $content): Key
    {
        Tables::make(Tables::KEYS);
        $counter = "$subject-$action";
        // Counting from now on keeps keys new if somebody empties the table.
        Capsule::table(Tables::KEYS)->insertOrIgnore(['subject' => $counter, 'number' => time()]);
        $found = Capsule::table(Tables::KEYS)->where('subject', $counter)->value('number');
        $number = is_numeric($found) ? (int) $found : 0;
        // A key is stored by Sluice, so that the digest of a password must not be computable from it.
        $digest = substr(hash_hmac('sha256', serialize($content), $this->secret), 0, 16);
        return new Key($counter, $number, "whmcs-$counter-$number-$digest");
    }
}
