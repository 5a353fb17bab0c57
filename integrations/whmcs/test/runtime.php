<?php

declare(strict_types=1);

/**
 * What WHMCS offers to modules and hooks, as far as its public documentation describes it, over Debian's packages of Smarty and
 * Illuminate. Holds nothing of WHMCS itself.
 */

error_reporting(E_ALL);
set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    // The libraries are older than this PHP; the modules have to be free of any notice.
    if (str_starts_with($file, '/usr/share/php/') || ($level & error_reporting()) === 0) {
        return true;
    }
    throw new ErrorException($message, 0, $level, $file, $line);
});

foreach (['Illuminate/Database/autoload.php', 'smarty4/Smarty.class.php'] as $library) {
    if (!is_file("/usr/share/php/$library")) {
        fwrite(STDERR, "missing: /usr/share/php/$library\n");
        exit(3);
    }
    require_once "/usr/share/php/$library";
}

define('WHMCS', true);

require __DIR__ . '/runtime/Site.php';
require __DIR__ . '/runtime/Records.php';
require __DIR__ . '/runtime/Caller.php';
require __DIR__ . '/runtime/database.php';
require __DIR__ . '/runtime/models.php';
require __DIR__ . '/runtime/functions.php';
