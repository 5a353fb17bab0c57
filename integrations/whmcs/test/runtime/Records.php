<?php

declare(strict_types=1);

namespace Sluice\Whmcs\Test;

/** What a call left behind in WHMCS besides its database. */
final class Records
{
    /** @var list<array{module: string, action: string, request: string, response: string, processed: string}> */
    public static array $moduleLog = [];
    /** @var list<array{message: string, client: int}> */
    public static array $activity = [];
    /** @var array<string, string> */
    public static array $saved = [];
    /** @var array<string, list<array{priority: int, function: callable|string}>> */
    public static array $hooks = [];

    /**
     * @param array<string|array<mixed>> $texts
     * @param array<string> $replaced
     */
    public static function moduleCall(string $module, string $action, array $texts, array $replaced): void
    {
        $hide = static fn (string|array $text): string => str_replace(
            array_filter($replaced, static fn (string $one): bool => $one !== ''),
            '********',
            is_array($text) ? print_r($text, true) : $text,
        );
        [$request, $response, $processed] = array_map($hide, $texts);
        self::$moduleLog[] = compact('module', 'action', 'request', 'response', 'processed');
    }

    public static function activity(string $message, int $client): void
    {
        self::$activity[] = compact('message', 'client');
    }

    /** Returns the records of the call that ended, and forgets them. @return array<string, mixed> */
    public static function take(): array
    {
        $taken = ['moduleLog' => self::$moduleLog, 'activity' => self::$activity, 'saved' => (object) self::$saved];
        self::$moduleLog = self::$activity = self::$saved = [];
        return $taken;
    }
}
