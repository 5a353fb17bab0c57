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

    /** Returns the text of a key for the same request once more, to be performed whatever became of the first one. */
    public function again(): string
    {
        return "{$this->text}-" . bin2hex(random_bytes(6));
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
