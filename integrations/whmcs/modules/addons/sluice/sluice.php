<?php

/**
 * The addon module: the client's page of all services, also of those that other modules provision, and the operator's overview. Each
 * page is a document of the HTTP API of `sluice serve`.
 */

declare(strict_types=1);

if (!defined('WHMCS')) {
    die('This file cannot be accessed directly');
}

require_once __DIR__ . '/lib/load.php';
require_once dirname(__DIR__, 2) . '/servers/sluice/client-area.php';

use Sluice\Whmcs\Addon\Overview;
use Sluice\Whmcs\Tables;
use Sluice\Whmcs\Text;
use WHMCS\Database\Capsule;

/** @return array<string, mixed> */
function sluice_config(): array
{
    return [
        'name' => 'Sluice',
        'description' => 'Traffic, accounts and lines: a page for each client of all services, and an overview for staff.',
        'version' => '1.0',
        'author' => 'Sluice',
        'language' => 'english',
        'fields' => [
            'address' => [
                'FriendlyName' => 'Address',
                'Type' => 'text',
                'Size' => '50',
                'Description' => 'Where "sluice serve" answers, such as https://sluice.example.com',
            ],
            'token' => [
                'FriendlyName' => 'Token',
                'Type' => 'password',
                'Size' => '50',
                'Description' => 'Of "sluice api-token create whmcs --scope operate"',
            ],
        ],
    ];
}

/** @return array{status: string, description: string} */
function sluice_activate(): array
{
    try {
        Tables::make(Tables::PAGES);
        return [
            'status' => 'success',
            'description' => 'Enter the address and the token below, and choose which roles of staff see the overview.',
        ];
    } catch (Throwable $error) {
        return ['status' => 'error', 'description' => Text::failure($error)];
    }
}

/** @return array{status: string, description: string} */
function sluice_deactivate(): array
{
    try {
        Capsule::schema()->dropIfExists(Tables::PAGES);
        return ['status' => 'success', 'description' => 'The stored pages were removed. Services and their accounts stay as they are.'];
    } catch (Throwable $error) {
        return ['status' => 'error', 'description' => Text::failure($error)];
    }
}

/**
 * Prints the operator's overview.
 *
 * @param array<array-key, mixed> $vars
 */
function sluice_output(array $vars): void
{
    echo Overview::html();
}
