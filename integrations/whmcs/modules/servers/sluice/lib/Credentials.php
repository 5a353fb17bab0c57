<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** User name and password of a service in WHMCS's own fields. */
final class Credentials
{
    /** Returns whether an account has a password that the answer does not show, and that is nowhere else. */
    public static function isLost(Data $credentials): bool
    {
        return $credentials->values !== []
            && !self::areKnown($credentials)
            && !$credentials->has('passwordFile');
    }

    /** Returns whether an answer says which password the account has now, or may have. */
    public static function areKnown(Data $credentials): bool
    {
        return $credentials->has('password') || $credentials->has('writtenTo') || self::areInDoubt($credentials);
    }

    /** Returns whether it is not known if the account has the password: where it has not, the former one holds. */
    public static function areInDoubt(Data $credentials): bool
    {
        return $credentials->isTrue('inDoubt');
    }

    /** Returns the password that WHMCS has for a service now, where Sluice wrote it there itself; an empty text where WHMCS shows none. */
    public static function written(Service $service): string
    {
        $answer = new Data((array) localAPI('GetClientsProducts', ['serviceid' => $service->number]));
        foreach ($answer->at('products')->items('product') as $product) {
            if ($product->text('id') === $service->number) {
                return $product->text('password');
            }
        }
        return '';
    }

    /**
     * Stores what an answer shows, and nothing else.
     *
     * @param array<array-key, mixed> $params the parameters of the module function
     *
     * @throws Refusal
     */
    public static function store(array $params, Data $credentials): void
    {
        $username = $credentials->text('username');
        $password = $credentials->text('password');
        $fields = array_filter(['Username' => $username, 'Password' => $password], static fn (string $text): bool => $text !== '');
        if ($fields === []) {
            return;
        }
        $properties = is_object($params['model'] ?? null) ? ($params['model']->serviceProperties ?? null) : null;
        if (is_object($properties) && method_exists($properties, 'save')) {
            $properties->save($fields);
            return;
        }
        self::storeThroughApi((new Data($params))->text('serviceid'), $fields);
    }

    /**
     * @param array<string, string> $fields
     *
     * @throws Refusal
     */
    private static function storeThroughApi(string $service, array $fields): void
    {
        $names = ['Username' => 'serviceusername', 'Password' => 'servicepassword'];
        $values = ['serviceid' => $service];
        foreach ($fields as $field => $value) {
            $values[$names[$field]] = $value;
        }
        $answer = new Data((array) localAPI('UpdateClientProduct', $values));
        if ($answer->text('result') !== 'success') {
            throw new Refusal('The account exists, but WHMCS did not store its password. Repeat it: Sluice then sets another password.');
        }
    }
}
