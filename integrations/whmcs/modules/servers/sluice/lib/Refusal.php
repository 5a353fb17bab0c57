<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use RuntimeException;

/** A call that the module refuses before it sends a request. The message is one plain sentence for staff. */
final class Refusal extends RuntimeException
{
}
