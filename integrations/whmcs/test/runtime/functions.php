<?php

declare(strict_types=1);

use Sluice\Whmcs\Test\Records;
use Sluice\Whmcs\Test\Site;

/**
 * Writes a row of the module log, in which the given texts are replaced.
 *
 * @param string|array<mixed> $requestString
 * @param string|array<mixed> $responseData
 * @param string|array<mixed> $processedData
 * @param array<string> $replaceVars
 */
function logModuleCall(
    string $module,
    string $action,
    string|array $requestString,
    string|array $responseData = '',
    string|array $processedData = '',
    array $replaceVars = [],
): void {
    Records::moduleCall($module, $action, [$requestString, $responseData, $processedData], $replaceVars);
}

/** Writes a line of the activity log. */
function logActivity(string $message, int $clientId = 0): void
{
    Records::activity($message, $clientId);
}

/**
 * Calls WHMCS's API: the fake's, over HTTP.
 *
 * @param array<string, mixed> $values
 * @return array<string, mixed>
 */
function localAPI(string $command, array $values = [], string $adminUser = ''): array
{
    return Site::api($command, $values);
}

/** Registers a function for a hook point. */
function add_hook(string $hookPoint, int $priority, callable|string $function): void
{
    Records::$hooks[$hookPoint][] = ['priority' => $priority, 'function' => $function];
}

/** Encrypts a text as WHMCS stores the passwords of servers and services. */
function encrypt(string $text): string
{
    return 'encrypted:' . base64_encode(strrev($text));
}

/** Decrypts what WHMCS has stored; another text becomes an unusable one. */
function decrypt(string $text): string
{
    return str_starts_with($text, 'encrypted:') ? strrev((string) base64_decode(substr($text, 10), true)) : md5($text, true);
}
