<?php

declare(strict_types=1);

if (!defined('WHMCS')) {
    exit('This file cannot be accessed directly');
}

/**
 * Describes the addon module and its settings.
 *
 * @return array<string, mixed>
 */
function sluice_config(): array
{
    return [
        'name' => 'Sluice',
        'description' => 'Traffic, accounts and lines of all services: for staff here, for clients in the client area.',
        'version' => '1.0',
        'author' => 'Sluice',
        'language' => 'english',
        'fields' => [
            'address' => [
                'FriendlyName' => 'Address',
                'Type' => 'text',
                'Size' => '50',
                'Description' => 'Where sluice serve answers, such as https://sluice.example.com',
            ],
            'token' => [
                'FriendlyName' => 'Token',
                'Type' => 'password',
                'Size' => '50',
                'Description' => 'A token with the scope operate (sluice api-token create whmcs --scope operate)',
            ],
        ],
    ];
}
