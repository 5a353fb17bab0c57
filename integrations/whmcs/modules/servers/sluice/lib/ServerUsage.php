<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use WHMCS\Database\Capsule;

/** Usage and allowance in WHMCS's own fields, in megabytes. What is not known leaves the fields as they are. */
final class ServerUsage
{
    private const MEGABYTE = 1_048_576;
    /** More than ten thousand services. */
    private const MOST_BYTES = 16_000_000;

    /**
     * Writes the figures of all services of a server.
     *
     * @param array<array-key, mixed> $params the parameters of `UsageUpdate`
     *
     * @throws ApiError|Refusal
     */
    public static function update(array $params): void
    {
        $server = (new Data($params))->whole('serverid') ?? 0;
        $answer = new Data((new Api(Connection::ofServer($params), 120, self::MOST_BYTES))->get('/services'));
        $figures = [];
        foreach ($answer->items('services') as $service) {
            $id = $service->at('refs')->whole('whmcs_service_id');
            $changes = self::figures($service);
            if ($id !== null && $changes !== []) {
                $figures[$id] = $changes;
            }
        }
        Capsule::connection()->transaction(static function () use ($server, $figures): void {
            $columns = ['id', 'bwusage', 'bwlimit'];
            foreach (Capsule::table('tblhosting')->where('server', $server)->get($columns) as $row) {
                $hosting = new Data((array) $row);
                $changes = $figures[$hosting->whole('id') ?? 0] ?? [];
                if ($changes !== []) {
                    Capsule::table('tblhosting')->where('id', $hosting->whole('id'))->where('server', $server)->update($changes);
                }
            }
        });
    }

    /** @return array<string, int|string> */
    private static function figures(Data $service): array
    {
        $counted = $service->at('counted');
        $used = $counted->whole('usedBytes');
        $readAt = strtotime($service->at('usage')->text('readAt'));
        if ($used === null || $readAt === false) {
            return [];
        }
        $changes = ['bwusage' => intdiv($used, self::MEGABYTE), 'lastupdate' => date('Y-m-d H:i:s', $readAt)];
        // To WHMCS, 0 is unlimited.
        if ($counted->isTrue('unlimited')) {
            return $changes + ['bwlimit' => 0];
        }
        $allowed = $counted->whole('allowedBytes');
        return $allowed === null ? $changes : $changes + ['bwlimit' => max(1, intdiv($allowed, self::MEGABYTE))];
    }
}
