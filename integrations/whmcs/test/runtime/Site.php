<?php

declare(strict_types=1);

namespace Sluice\Whmcs\Test;

use Illuminate\Database\Schema\Blueprint;
use WHMCS\Database\Capsule;

/** The installation of WHMCS: its database, and its API at the fake. */
final class Site
{
    /** Columns of WHMCS's own tables that modules read or write; all of them are text here, except ids. */
    private const TABLES = [
        'tblclients' => ['firstname', 'lastname', 'companyname', 'email'],
        'tblhosting' => [
            ...['userid', 'orderid', 'packageid', 'server', 'domain', 'domainstatus', 'username', 'password', 'nextduedate'],
            ...['billingcycle', 'diskusage', 'disklimit', 'bwusage', 'bwlimit', 'lastupdate'],
        ],
        'tblhostingaddons' => ['hostingid', 'addonid', 'userid', 'server', 'status'],
        'tblproducts' => ['gid', 'name', 'servertype', 'configoption1'],
        'tbladdons' => ['name', 'module'],
        'tblservers' => [
            ...['name', 'type', 'ipaddress', 'hostname', 'port', 'secure', 'username', 'password', 'accesshash', 'active', 'disabled'],
        ],
        'tbladdonmodules' => ['module', 'setting', 'value'],
        'tblinvoices' => ['userid', 'status'],
        'tblinvoiceitems' => ['invoiceid', 'userid', 'type', 'relid', 'description', 'amount'],
        'tblcustomfields' => ['type', 'relid', 'fieldname'],
        'tblcustomfieldsvalues' => ['fieldid', 'relid', 'value'],
    ];

    /** @var array{url?: string, identifier?: string, secret?: string} */
    private static array $api = [];

    /** @param array<string, mixed> $request */
    public static function open(array $request): void
    {
        self::$api = $request['api'] ?? [];
        touch($request['database']);
        $capsule = new Capsule();
        $capsule->addConnection(['driver' => 'sqlite', 'database' => $request['database']]);
        $capsule->setAsGlobal();
        $pdo = Capsule::connection()->getPdo();
        $pdo->exec('pragma synchronous = off; pragma journal_mode = memory');
        $pdo->sqliteCreateFunction('now', static fn (): string => gmdate('Y-m-d H:i:s'));
        foreach (self::TABLES as $name => $columns) {
            if (!Capsule::schema()->hasTable($name)) {
                self::create($name, $columns);
            }
        }
        foreach ($request['tables'] ?? [] as $name => $rows) {
            foreach ($rows as $row) {
                Capsule::table($name)->updateOrInsert(['id' => $row['id']], $row);
            }
        }
    }

    /** @param list<string> $columns */
    private static function create(string $name, array $columns): void
    {
        Capsule::schema()->create($name, static function (Blueprint $table) use ($columns): void {
            $table->increments('id');
            foreach ($columns as $column) {
                $isNumber = str_ends_with($column, 'id') || in_array($column, ['server', 'active', 'disabled'], true);
                ($isNumber ? $table->integer($column) : $table->text($column))->nullable();
            }
        });
    }

    /** Returns every table with all of its rows, also those that modules made. @return array<string, list<object>> */
    public static function tables(): array
    {
        $names = Capsule::table('sqlite_master')->where('type', 'table')->where('name', 'not like', 'sqlite_%')->pluck('name');
        $tables = [];
        foreach ($names as $name) {
            $tables[$name] = array_values(Capsule::table($name)->get()->all());
        }
        return $tables;
    }

    /**
     * @param array<string, mixed> $values
     * @return array<string, mixed>
     */
    public static function api(string $command, array $values): array
    {
        if ($command === 'DecryptPassword') {
            $password = decrypt((string) $values['password2']);
            return $password === '' ? ['result' => 'error'] : ['result' => 'success', 'password' => $password];
        }
        if (self::$api === []) {
            return ['result' => 'error', 'message' => 'There is no API'];
        }
        $own = ['identifier' => self::$api['identifier'] ?? '', 'secret' => self::$api['secret'] ?? ''];
        $fields = ['action' => $command, 'responsetype' => 'json', ...$own, ...$values];
        $curl = curl_init((self::$api['url'] ?? '') . '/includes/api.php');
        curl_setopt_array($curl, [CURLOPT_POSTFIELDS => http_build_query($fields), CURLOPT_RETURNTRANSFER => true]);
        return (array) json_decode((string) curl_exec($curl), true);
    }
}
