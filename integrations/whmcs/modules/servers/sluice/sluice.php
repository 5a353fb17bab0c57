<?php

/**
 * The provisioning module: each function is a call of the HTTP API of `sluice serve`.
 */

declare(strict_types=1);

if (!defined('WHMCS')) {
    die('This file cannot be accessed directly');
}

require_once __DIR__ . '/lib/autoload.php';
require_once __DIR__ . '/client-area.php';

use Sluice\Whmcs\Account;
use Sluice\Whmcs\Asker;
use Sluice\Whmcs\ClientPassword;
use Sluice\Whmcs\Module;
use Sluice\Whmcs\Number;
use Sluice\Whmcs\Purchase;
use Sluice\Whmcs\Refusal;
use Sluice\Whmcs\ServerTest;
use Sluice\Whmcs\ServerUsage;
use Sluice\Whmcs\SignOn;
use Sluice\Whmcs\StaffTab;
use Sluice\Whmcs\Text;

/** @return array<string, mixed> */
function sluice_MetaData(): array
{
    return [
        'DisplayName' => 'Sluice',
        'APIVersion' => '1.1',
        'RequiresServer' => true,
        'DefaultNonSSLPort' => '8787',
        'DefaultSSLPort' => '443',
        'ServiceSingleSignOnLabel' => 'Log in',
    ];
}

/** @return array<string, array<string, mixed>> */
function sluice_ConfigOptions(): array
{
    return [
        'Product' => [
            'Type' => 'text',
            'Size' => '25',
            'Default' => '',
            'Description' => 'A product of Sluice. Empty: the one whose "whmcs" names this product.',
            'Loader' => 'sluice_Products',
            'SimpleMode' => true,
        ],
    ];
}

/**
 * @param array<array-key, mixed> $params
 *
 * @return array<string, string>
 */
function sluice_Products(array $params): array
{
    try {
        return ServerTest::products($params);
    } catch (Throwable $error) {
        throw new Exception(Text::failure($error));
    }
}

/**
 * @param array<array-key, mixed> $params
 *
 * @return array{success: bool, error: string}
 */
function sluice_TestConnection(array $params): array
{
    $result = Module::run(static fn () => ServerTest::run($params));
    return ['success' => $result === 'success', 'error' => $result === 'success' ? '' : $result];
}

/** @param array<array-key, mixed> $params */
function sluice_CreateAccount(array $params): string
{
    return Module::run(static function () use ($params): void {
        Number::isMeant($params) ? (new Number($params))->link() : (new Account($params))->create();
    });
}

/** @param array<array-key, mixed> $params */
function sluice_SuspendAccount(array $params): string
{
    return Module::run(static function () use ($params): void {
        Number::isMeant($params) ? (new Number($params))->suspend() : (new Account($params))->suspend();
    });
}

/** @param array<array-key, mixed> $params */
function sluice_UnsuspendAccount(array $params): string
{
    return Module::run(static function () use ($params): void {
        Number::isMeant($params) ? (new Number($params))->unsuspend() : (new Account($params))->unsuspend();
    });
}

/** @param array<array-key, mixed> $params */
function sluice_TerminateAccount(array $params): string
{
    return Module::run(static function () use ($params): void {
        Number::isMeant($params) ? (new Number($params))->release() : (new Account($params))->terminate();
    });
}

/** @param array<array-key, mixed> $params */
function sluice_ChangePackage(array $params): string
{
    return Module::run(static function () use ($params): void {
        Number::isMeant($params) ? (new Number($params))->link() : (new Account($params))->changePackage();
    });
}

/** @param array<array-key, mixed> $params */
function sluice_ChangePassword(array $params): string
{
    $isClient = Asker::isClient();
    return Module::run(static function () use ($params, $isClient): void {
        if (Number::isMeant($params)) {
            throw new Refusal('A number has no password.', true);
        }
        $isClient ? (new ClientPassword($params))->replace() : (new Account($params))->changePassword();
    }, $isClient);
}

/** @param array<array-key, mixed> $params */
function sluice_Renew(array $params): string
{
    return Module::run(static function () use ($params): void {
        if (!Number::isMeant($params)) {
            (new Account($params))->renew();
        }
    });
}

/** @param array<array-key, mixed> $params */
function sluice_UsageUpdate(array $params): string
{
    return Module::run(static fn () => ServerUsage::update($params));
}

/** @return list<string> */
function sluice_ClientAreaAllowedFunctions(): array
{
    return ['buy'];
}

/** @param array<array-key, mixed> $params */
function sluice_buy(array $params): string
{
    $waiting = '';
    $result = Module::run(static function () use (&$waiting, $params): void {
        $waiting = Purchase::of($params)->make($_POST);
    }, true);
    return $result === 'success' && $waiting !== '' ? $waiting : $result;
}

/**
 * @param array<array-key, mixed> $params
 *
 * @return array{success: bool, redirectTo?: string, errorMsg?: string}
 */
function sluice_ServiceSingleSignOn(array $params): array
{
    try {
        return ['success' => true, 'redirectTo' => SignOn::address($params)];
    } catch (Throwable $error) {
        Text::failure($error);
        return ['success' => false, 'errorMsg' => 'The login is not possible at the moment. Please try again later.'];
    }
}

/**
 * @param array<array-key, mixed> $params
 *
 * @return array<string, string>
 */
function sluice_AdminServicesTabFields(array $params): array
{
    try {
        return (new StaffTab($params))->fields();
    } catch (Throwable $error) {
        return ['Sluice' => Text::html(Text::failure($error))];
    }
}

/** @param array<array-key, mixed> $params */
function sluice_AdminServicesTabFieldsSave(array $params): void
{
    $fields = $_POST['modulefields'] ?? [];
    StaffTab::save($params, is_array($fields) ? $fields : []);
}
