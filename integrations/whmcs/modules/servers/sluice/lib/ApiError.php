<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use RuntimeException;
use Throwable;

/**
 * A request that the API refused, or whose answer did not arrive. The message is one or two plain sentences for staff, without
 * secrets.
 */
final class ApiError extends RuntimeException
{
    /**
     * @param string $reason the code of the API's error, such as `unknown_service`; `unreachable`, `bad_certificate`, `timeout`,
     *     `cut_answer` and `bad_answer` are of the connection
     * @param int $status the HTTP status; 0 without an answer
     * @param bool $isUnknown whether the request may have been done all the same
     */
    public function __construct(
        public readonly string $reason,
        string $message,
        public readonly int $status = 0,
        public readonly bool $isUnknown = false,
        ?Throwable $previous = null
    ) {
        parent::__construct($message, 0, $previous);
    }
}
