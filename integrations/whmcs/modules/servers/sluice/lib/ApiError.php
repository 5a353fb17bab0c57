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
    private const OF_CONNECTION = ['unreachable', 'bad_certificate', 'timeout', 'cut_answer', 'bad_answer'];
    private const BAD_GATEWAY = 502;

    /**
     * @param string $reason the code of the API's error, such as `unknown_service`, or of the connection
     * @param int $status the HTTP status; 0 without an answer
     * @param bool $isUnknown whether the request may have been done all the same
     * @param string $purchase the purchase of the answer; empty without one
     */
    public function __construct(
        public readonly string $reason,
        string $message,
        public readonly int $status = 0,
        public readonly bool $isUnknown = false,
        ?Throwable $previous = null,
        public readonly string $purchase = ''
    ) {
        parent::__construct($message, 0, $previous);
    }

    /** Returns the error of an answer that is not one of Sluice to this request. */
    public static function ofOther(): self
    {
        $message = 'The address of Sluice answered with something else than Sluice does: check what is before it. Whether it was done is not known yet: repeat it.';
        return new self('bad_answer', $message, 200, true);
    }

    /** Returns whether Sluice itself answered, and not something before it. */
    public function isOfSluice(): bool
    {
        return $this->status > 0 && !in_array($this->reason, self::OF_CONNECTION, true);
    }

    /** Returns whether a purchase is stored, and could not be charged in the billing system yet: runs of Sluice charge it. */
    public function isOrdered(): bool
    {
        return $this->status === self::BAD_GATEWAY && $this->purchase !== '' && $this->isOfSluice();
    }
}
