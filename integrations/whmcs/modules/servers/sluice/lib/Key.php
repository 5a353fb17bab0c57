<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use WHMCS\Database\Capsule;

/** The idempotency key of one request. */
final class Key
{
    public function __construct(
        private readonly string $counter,
        private readonly int $number,
        /** For the header. */
        public readonly string $text
    ) {
    }

    /** Records that the request was answered and its result stored; the next one gets another key. */
    public function end(): void
    {
        Capsule::table(Tables::KEYS)
            ->where('subject', $this->counter)
            ->where('number', $this->number)
            ->update(['number' => $this->number + 1]);
    }
}
