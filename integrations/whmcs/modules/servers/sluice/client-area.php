<?php

/**
 * The client area of both modules: to PHP, `sluice_ClientArea` of the provisioning module and `sluice_clientarea` of the addon module are
 * the same function, and WHMCS may load both in one request.
 */

declare(strict_types=1);

use Sluice\Whmcs\Addon\ClientPage;
use Sluice\Whmcs\Module;

/**
 * @param array<array-key, mixed> $params of a service, or of the addon module
 *
 * @return array<string, mixed>
 */
function sluice_ClientArea(array $params): array
{
    if (isset($params['serviceid'])) {
        return ['templatefile' => 'clientarea', 'vars' => Module::customerPage($params)];
    }
    return ClientPage::of($_GET, $_POST);
}
