<?php

/** Hooks of the addon module; WHMCS loads this file on every page. */

declare(strict_types=1);

use Sluice\Whmcs\Addon\InvoiceCalls;
use Sluice\Whmcs\Addon\Links;

if (!defined('WHMCS')) {
    die('This file cannot be accessed directly');
}

// Without the provisioning module, which has the library of both, a hook must not end WHMCS's pages and cron.
if (!is_file(dirname(__DIR__, 2) . '/servers/sluice/lib/autoload.php')) {
    return;
}

/** @param array<array-key, mixed> $vars */
add_hook('InvoiceCreation', 1, static function (array $vars): void {
    require_once __DIR__ . '/lib/load.php';
    InvoiceCalls::add($vars);
});

/** @param array<array-key, mixed> $vars */
add_hook('ClientAreaProductDetailsOutput', 1, static function (array $vars): string {
    require_once __DIR__ . '/lib/load.php';
    return Links::ofService($vars);
});

add_hook('ClientAreaPrimaryNavbar', 1, static function (mixed $menu): void {
    require_once __DIR__ . '/lib/load.php';
    Links::addToMenu($menu);
});
