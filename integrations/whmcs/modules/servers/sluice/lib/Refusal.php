<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use RuntimeException;

/** What the module itself refuses. The message is one plain sentence for staff, and for customers where it says so. */
final class Refusal extends RuntimeException
{
    public function __construct(string $message, public readonly bool $isForCustomer = false)
    {
        parent::__construct($message);
    }
}
