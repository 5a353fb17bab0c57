<?php

declare(strict_types=1);

require_once dirname(__DIR__, 3) . '/servers/sluice/lib/autoload.php';
require_once __DIR__ . '/ClientPage.php';
require_once __DIR__ . '/InvoiceCalls.php';
require_once __DIR__ . '/Links.php';
require_once __DIR__ . '/Overview.php';
require_once __DIR__ . '/ServicePage.php';
